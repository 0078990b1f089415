"""What platform administrators have done."""
