"""Exchange rates: the European Central Bank's reference rates, refreshed daily, with a dated
snapshot shipped.
"""
