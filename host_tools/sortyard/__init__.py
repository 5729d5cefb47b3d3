"""sortyard: describe a parcel sorter in one file, check it, simulate it with the code that will run it."""

__version__ = "0.1.0"
