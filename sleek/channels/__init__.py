"""The other edge: payment providers. A channel is stateless code over a Connection, one set of
credentials.

Connectors see neither our tables nor each other; what a provider says becomes a `Report`. A new
channel is one new folder, one line in `registry.py`, and one case in the contract suite.
"""
