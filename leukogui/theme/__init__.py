"""How everything looks: sizes, colours, icons, marks of the classes."""
