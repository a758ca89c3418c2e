"""The draft as one HTML file, for a machine without TeX."""
