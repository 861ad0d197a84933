"""What to show and how to paint it. No Qt."""
