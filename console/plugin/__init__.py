"""Finding and loading plugins: the public door (api/), manifests and the loader."""
