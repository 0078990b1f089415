"""How clients pay, and asking them to."""
