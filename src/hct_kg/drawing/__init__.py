"""Causal diagrams as SVG: what to draw (graphs), where it goes (layered, map_layout), how it looks (svg, style).

Sources: layers, dummies and sweeps after Sugiyama, Tagawa and Toda (1981,
https://doi.org/10.1109/TSMC.1981.4308636); exchange of neighbours after Gansner, Koutsofios, North and Vo (1993,
https://doi.org/10.1109/32.221135).
"""
