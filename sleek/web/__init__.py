"""One edge: people and programs over HTTP, a folder per audience. Views show and ask; verbs live
below.
"""
