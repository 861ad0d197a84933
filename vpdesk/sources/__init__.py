"""Where records come from: files, live feeds, the simulator. No Qt."""
