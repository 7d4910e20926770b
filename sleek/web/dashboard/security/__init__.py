"""Who somebody is, proven: second steps, passkeys, fresh proofs, and the devices they use."""
