"""`similar`: known cells that look like a given one."""
