"""One table in an ordinary application, once for each way to record its changes."""
