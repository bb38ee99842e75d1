"""What drives a cluster: supply-side or demand-side economies of scale, from its dated interactions.

The whole is one call, :func:`driver_profile`; the estimators are functions of arrays in modules of their own.
"""
