"""The appearance: sizes, colours, icons, marks of the classes."""
