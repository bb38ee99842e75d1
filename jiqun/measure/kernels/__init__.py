"""Compiled kernels: arrays in, arrays out; each has a plain reference in the tests that it must equal."""
