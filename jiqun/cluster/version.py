"""The version, in one place: read by the build, the manifest, the server and ``jiqun --version``."""

__version__ = "0.1.0"
