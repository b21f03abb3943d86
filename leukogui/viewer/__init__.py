"""One cell at full size: zoom, pan, light, heat map, planes, two cells side by side."""
