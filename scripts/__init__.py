"""Commands of those who develop hct-kg, and what they share; no part of what is installed."""
