"""The rule stylist: expert rules as data, three different candidates, repeatable."""
