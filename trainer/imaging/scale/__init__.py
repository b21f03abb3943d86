"""How large a pixel is: by what the file states, or by the red cells around."""
