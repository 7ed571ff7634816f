"""A load on a whole stack: questions asked of real apps, and what their back ends hold of them afterwards."""
