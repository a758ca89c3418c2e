"""`make setup`: the three environments and the system packages, from nothing, as often as one likes.

Standard library only and no syntax newer than Python 3.8, since it runs before anything is installed.
"""
