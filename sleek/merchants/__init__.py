"""Who collects, and who works there: User, Merchant, Membership, and the consents people gave.

Every user signs in by a verified e-mail address. Every row of business data belongs to one
merchant.
"""
