// A module imports StationKit alone: JSON values and the legal clock come with it.
@_exported import StationCalendar
@_exported import StationJSON
