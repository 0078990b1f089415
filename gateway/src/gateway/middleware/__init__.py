"""What every request passes on its way to a route, outermost first: edge, cors, refusals, body, rate, sessions, rate again."""
