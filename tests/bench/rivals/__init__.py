"""Other engines doing the work of the table engine, item by item, to hold its pace against.

What all of them can say is compared: the status of every criterion, and whether the treatment is
medically necessary by what is documented. None of them has three values, two readings of what is
unknown, or items that hang on items; the first is spelt out for them, the others are left out.
"""
