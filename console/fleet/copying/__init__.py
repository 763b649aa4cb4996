"""Files and folders to, from and between servers. Who is asked and what is shown is service.py's."""
