"""What a container of the one image can be told to do."""
