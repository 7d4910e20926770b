"""Exchange rates: the European Central Bank's reference rates, refreshed daily, with a dated
snapshot shipped.

They are for orientation: nothing is charged or posted at them. Every quote says the day of its
rates, and a day that differs from what was known by more than a currency moves is not believed.
"""
