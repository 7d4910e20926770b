"""The shared look: tokens, base pages, components and tags. All that audiences share."""
