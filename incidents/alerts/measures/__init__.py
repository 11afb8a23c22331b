"""What this app measures by itself; apps above register their own figures from where they are known (N9)."""
