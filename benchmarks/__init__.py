"""Side-by-side measurements, each runnable with one command. They are part of no installation."""
