"""The pages, one module or folder each. A page knows the desk and the kit, never another page's inside."""
