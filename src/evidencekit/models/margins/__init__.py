"""What people want from a model: shares and means with other things held equal, and what a step up in something goes with."""
