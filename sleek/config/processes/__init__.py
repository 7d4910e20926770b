"""The processes of an installation: what `sleek up` starts, watches and stops, and what it gives
them.
"""
