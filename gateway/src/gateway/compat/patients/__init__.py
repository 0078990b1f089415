"""For a front end that registers patients with json-server 0.17: its paths, its queries and its answers (decision 77)."""
