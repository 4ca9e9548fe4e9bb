"""What the way of asking does to a headline: who asked, and by which mode."""
