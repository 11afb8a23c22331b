"""The end of data with time (R6, G5): every night each class loses what is past its declared period."""
