from hypothesis import settings

settings.register_profile("mechanisms", deadline=None, derandomize=True, database=None)
settings.load_profile("mechanisms")
