"""Single sign-on with a workspace's own OpenID provider."""
