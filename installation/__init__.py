"""The machine in the gallery: equipment, hours, processes, command line."""
