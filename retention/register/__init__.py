"""The asset register (R6): everything that is kept, class by class, from the declarations of the code."""
