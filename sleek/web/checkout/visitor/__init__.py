"""Who looks at the page, as far as the browser says: language, country, device, and how often."""
