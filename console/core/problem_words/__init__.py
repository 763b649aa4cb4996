"""The words of every Problem, one module for each part of the way. Only words live here."""
