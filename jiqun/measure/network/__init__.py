"""The network of a cluster: core actors, chain or network, what mixes with what, what complements what."""
