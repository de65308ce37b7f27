"""The dataset in any engine that speaks the SPARQL 1.1 Protocol: this service asks it, and changes it, over HTTP."""
